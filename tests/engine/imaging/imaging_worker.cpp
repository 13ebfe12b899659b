#include <cstdlib>
#include <cstring>

#include "imaging/decode_protocol.h"
#include "imaging/decode_worker.h"

// Tests of workers that misbehave (end at once, crash on a file, promise pixels that are not there) pass a word.
int main(int count, char** arguments) {
  if (count > 1 && std::strcmp(arguments[1], "end") == 0) return 0;
  if (count > 1 && std::strcmp(arguments[1], "abort") == 0) {
    roundel::sendMessage(0, {{"ready", 1}});
    roundel::receiveMessage(0, -1);
    std::abort();
  }
  if (count > 1 && std::strcmp(arguments[1], "lie") == 0) {
    roundel::sendMessage(0, {{"ready", 1}});
    roundel::receiveMessage(0, -1);
    roundel::sendMessage(0,
                         roundel::Json::parse(R"({"image": {"values": {"type": "float64", "count": 1000000000}}, "bytes": 8000000000})"));
    roundel::receiveMessage(0, -1);
  }
  std::_Exit(roundel::serveDecoding());
}
