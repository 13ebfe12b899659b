// Somebody who labels as fast as they can, to be killed: stroke_child FOLDER FIRST. Stroke i of the script is painted, journalled and
// synced; then its number is printed. Undoes now and then. Goes on from what the journal holds.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "core/error.h"
#include "edit/edit_session.h"
#include "engine/edit/stroke_script.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    using namespace roundel;
    auto journal = std::make_unique<StrokeJournal>(argv[1], test::scriptSubject());
    Replayed found = replay(journal->contents(), test::scriptLabels(), "", test::scriptSubject().classIds);
    EditSession session(std::move(found.annotation), test::scriptGeometry(), nullptr, std::move(journal), std::move(found.history));
    for (std::int64_t i = found.edits;; ++i) {
      test::scriptStep(session, i);
      if (!session.journal()->waitUntilSynced(std::chrono::seconds(20))) return 3;
      const std::string line = std::to_string(i + 1) + "\n";
      if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) return 4;
    }
  } catch (const roundel::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
