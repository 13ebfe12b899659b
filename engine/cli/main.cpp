#include "cli/program.h"

int main(int argumentCount, char** arguments) { return roundel::cli::runProgram(argumentCount, arguments); }
