#define ROUNDEL_KERNEL_SPACE baseline
#include "nn/channel_kernels_body.h"
