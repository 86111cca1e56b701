// Kernels may include <cuda_runtime.h>; everything is in the header that the build puts in front of them anyway.
#pragma once
#include "cuda_device.h"
