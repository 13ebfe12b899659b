#include "imaging/picture_readers.h"

namespace roundel {

bool asksToBeTurned(int orientation) { return orientation >= 2 && orientation <= 8; }

Warning rotationIgnored() {
  return {.code = "rotation-ignored",
          .caseName = {},
          .message = "The picture asks viewers to turn it; its pixels are taken as they are stored, and so must its labels be."};
}

}  // namespace roundel
