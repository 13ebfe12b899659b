#include "cli/program.h"
#include "cli/waiting.h"

int main(int argumentCount, char** arguments) {
  roundel::cli::waitWithoutSpinning(argumentCount, arguments);
  return roundel::cli::runProgram(argumentCount, arguments);
}
