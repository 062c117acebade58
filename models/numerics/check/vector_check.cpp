// SPDX-License-Identifier: Apache-2.0
// The choice of what a vector file is.
// Not modelled: see vector_check.h.
#include "models/numerics/check/vector_check.h"

#include <array>

#include "models/base/error.h"
#include "models/numerics/check/vector_check_conversions.h"
#include "models/numerics/check/vector_check_dot.h"
#include "models/numerics/check/vector_check_exact.h"
#include "models/numerics/check/vector_check_quantise.h"

namespace vr {
namespace {

struct Kind {
    bool (*is)(const VectorFile& file);
    CheckSummary (*check)(const VectorFile& file, const CheckOptions& options);
};
constexpr std::array<Kind, 7> kKinds{{
    {is_conversion_file, check_conversion_file},
    {is_dot_file, [](const VectorFile& file,
                     const CheckOptions& options) { return check_dot_file(file, options); }},
    {is_zero_group_file, check_zero_group_file},
    {is_fp64_file, check_fp64_file},
    {is_integer_file, check_integer_file},
    {is_nvfp4_file, check_nvfp4_file},
    {is_mx_file, check_mx_file},
}};

}  // namespace

std::string CheckFailure::text() const {
    return fmt::format("line {}: {}: {} expected {}, got {}", line, inputs, column, expected, got);
}

std::string supported_vector_files() {
    return "dot, chain and hardware files of fp16, bf16, tf32, fp8 (Volta to Blackwell), mxfp8 and "
           "fp4 (Blackwell), with a header that has arch= or 'measured on a real GPU', the formats "
           "a= b= c=, and k=; dot files of fp64 and int8, and those on the zero-group rule; "
           "conversion files (conv_*_to_*) and decode_narrow; quantisation files of NVFP4 and MX";
}

void unsupported_vector_file(const VectorFile& file, std::string what) {
    throw InputError(Diagnostic{file.path(), 1, 1, std::move(what), supported_vector_files(), {}});
}

CheckSummary check_vector_file(const std::string& path, const CheckOptions& options) {
    const VectorFile file(path);
    for (const Kind& kind : kKinds) {
        if (kind.is(file)) {
            return kind.check(file, options);
        }
    }
    unsupported_vector_file(file, "this kind of vector file is not supported");
}

}  // namespace vr
