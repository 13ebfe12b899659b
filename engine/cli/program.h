#pragma once

namespace roundel::cli {

/// The whole program `roundel`: parses, runs one verb, writes its document, returns the exit code. Throws nothing.
int runProgram(int argumentCount, char** arguments);

}  // namespace roundel::cli
