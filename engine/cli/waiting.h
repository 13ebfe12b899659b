#pragma once

namespace roundel::cli {

/// First thing in main(), with its arguments. Threads that wait for each other spin for some milliseconds before they sleep; on a
/// machine that has other work, a thread that spins keeps the core from the one it waits for, and a training of two threads
/// beside one busy neighbour has been seen to take six times as long. How long they spin is read from the environment
/// (GOMP_SPINCOUNT) before main() begins, so the verbs that compute start the program once more with a short time in it. Says
/// nothing where the person has set GOMP_SPINCOUNT or OMP_WAIT_POLICY.
void waitWithoutSpinning(int argumentCount, char** arguments);

}  // namespace roundel::cli
