#define ROUNDEL_KERNEL_SPACE avx2
#include "nn/channel_kernels_body.h"
