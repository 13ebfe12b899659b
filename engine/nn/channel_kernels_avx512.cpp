#define ROUNDEL_KERNEL_SPACE avx512
#include "nn/channel_kernels_body.h"
