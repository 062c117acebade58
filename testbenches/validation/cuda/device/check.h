// SPDX-License-Identifier: Apache-2.0
// Every CUDA call of the kit goes through KIT_CUDA: an error ends the program with file, line, the
// call, and what to do.
#pragma once

#include <cuda_runtime.h>

#include <string>

#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

/// What a person can do about an error.
inline const char* advice(cudaError_t error) {
    switch (error) {
        case cudaErrorNoDevice:
            return "no GPU is visible: see nvidia-smi and CUDA_VISIBLE_DEVICES";
        case cudaErrorInsufficientDriver:
            return "no driver, or one older than the toolkit: see nvidia-smi, or build with an "
                   "older nvcc";
        case cudaErrorMemoryAllocation:
            return "GPU memory is short: end other programs, or give a smaller --max-bytes";
        case cudaErrorNoKernelImageForDevice:
            return "built for another device: run make clean and make on the machine with the GPU";
        case cudaErrorIllegalAddress:
        case cudaErrorIllegalInstruction:
        case cudaErrorMisalignedAddress:
        case cudaErrorLaunchFailure:
            return "a kernel of the kit is wrong on this device: run it under compute-sanitizer "
                   "and report what it says";
        case cudaErrorLaunchTimeout:
            return "the display's watchdog ended the kernel: use a GPU without a display";
        default:
            return "see nvidia-smi and the kernel log for the device's state";
    }
}

/// Throws Error unless `error` is success.
inline void check_cuda(cudaError_t error, const char* call, const char* file, int line) {
    if (error == cudaSuccess) {
        return;
    }
    const bool absent = error == cudaErrorNoDevice || error == cudaErrorInsufficientDriver;
    throw Error(absent ? kUnsuited : kFailed, std::string(file) + ":" + std::to_string(line) +
                                                  ": " + call + ": " + cudaGetErrorName(error) +
                                                  ": " + cudaGetErrorString(error) + "; " +
                                                  advice(error));
}

}  // namespace vr::kit

#define KIT_CUDA(call) ::vr::kit::check_cuda((call), #call, __FILE__, __LINE__)
