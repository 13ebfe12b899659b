#include <cstdlib>
#include <cstring>

#include "imaging/decode_worker.h"

// Tests of a worker that never starts to answer, and of one that ends at once, pass a word.
int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "end") == 0) return 0;
  std::_Exit(roundel::serveDecoding());
}
