// SPDX-License-Identifier: Apache-2.0
// Checking of conversion and decode files; part of check_vector_file().
// Not modelled: block quantisation (vector_check_quantise.h).
#pragma once

#include "models/numerics/check/vector_check.h"

namespace vr {

/// Whether the header is that of a conversion or decode file.
[[nodiscard]] bool is_conversion_file(const VectorFile& file);
/// Checks every column of every line that the header names. Throws InputError.
[[nodiscard]] CheckSummary check_conversion_file(const VectorFile& file,
                                                 const CheckOptions& options);

}  // namespace vr
