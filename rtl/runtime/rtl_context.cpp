// SPDX-License-Identifier: Apache-2.0
#include "rtl/runtime/rtl_context.h"

#include <verilated.h>
#include <verilated_cov.h>
#include <verilated_fst_c.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::int64_t kHalfClockPicoseconds = 500;

std::string partial_name(const std::string& path) {
    return path + ".partial";
}

}  // namespace

RtlContext::RtlContext(std::string waves)
    : waves_(std::move(waves)), verilated_(std::make_unique<VerilatedContext>()) {
    // Otherwise Verilator starts a pool of threads, which no object uses: a forked copy of the
    // process would lack them and wait for them at its end.
    verilated_->threads(1);
    // SystemVerilog may ask for plusargs; there are none.
    const char* arguments[] = {"vrsim"};
    verilated_->commandArgs(1, arguments);
    if (waves_.empty()) {
        return;
    }
    std::FILE* const file = std::fopen(partial_name(waves_).c_str(), "wb");
    if (file == nullptr) {
        throw UsageError(fmt::format(
            "--waves {}: cannot write the file: {}; give a path in a folder that exists and may be "
            "written",
            waves_, std::strerror(errno)));
    }
    std::fclose(file);
    verilated_->traceEverOn(true);
    fst_ = std::make_unique<VerilatedFstC>();
    fst_->set_time_unit("1ps");
    fst_->set_time_resolution("1ps");
}

RtlContext::~RtlContext() {
    if (fst_) {
        const bool written = fst_->isOpen();
        fst_->close();
        if (written) {
            std::rename(partial_name(waves_).c_str(), waves_.c_str());
        } else {
            std::remove(partial_name(waves_).c_str());
        }
    }
}

void RtlContext::dump() {
    if (!fst_->isOpen()) {
        fst_->open(partial_name(waves_).c_str());
    }
    fst_->dump(static_cast<std::uint64_t>(half_clocks_ * kHalfClockPicoseconds));
}

void RtlContext::write_coverage(const std::string& path) {
    verilated_->coveragep()->write(path.c_str());
}

}  // namespace vr
