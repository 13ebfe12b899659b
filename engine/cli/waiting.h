#pragma once

namespace roundel::cli {

/// For a verb that computes, before it does anything, with the arguments of main(). Threads that wait for each other spin for some
/// milliseconds before they sleep; on a machine that has other work, a thread that spins keeps the core from the one it waits for, and a
/// training of two threads beside one busy neighbour has been seen to take six times as long. How long they spin is read from the
/// environment (GOMP_SPINCOUNT) before main() begins, so this starts the program once more with a short time in it. Does nothing where the
/// person has set GOMP_SPINCOUNT or OMP_WAIT_POLICY.
void waitWithoutSpinning(char** arguments);

}  // namespace roundel::cli
