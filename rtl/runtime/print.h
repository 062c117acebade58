// SPDX-License-Identifier: Apache-2.0
// Where $display and failed assertions print: standard error, because standard output belongs to
// reports. Included before everything else in Verilator's run-time library (see CMakeLists.txt).
#pragma once

extern "C" int vrsim_rtl_print(const char* format, ...);
#define VL_PRINTF vrsim_rtl_print
