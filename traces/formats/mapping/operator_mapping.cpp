// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/mapping/operator_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "models/base/error.h"
#include "traces/formats/workload/line_writer.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

constexpr std::int64_t kNoProduct = -1;  // the product does not fit

std::int64_t product(std::int64_t a, std::int64_t b) {
    std::int64_t out = 0;
    return a < 0 || b < 0 || __builtin_mul_overflow(a, b, &out) ? kNoProduct : out;
}

bool is_number(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string dims_text(const std::vector<std::int64_t>& dims) {
    return fmt::format("[{}]", fmt::join(dims, ", "));
}

// What our own reader says of the operator alone; "" when it takes it.
std::string refusal(const MappedOperator& mapped) {
    const MappedLines lines = mapped_lines(mapped, "x", {}, 0, 0);
    std::string text = "{\"vrsim_trace\": 1, \"name\": \"x\"}\n";
    for (const std::string& tensor : lines.tensors) {
        text += tensor + "\n";
    }
    try {
        (void)parse_workload(text + lines.op + "\n", "");
        return "";
    } catch (const InputError& error) {
        return error.diagnostics().front().what;
    }
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::int64_t recorded_element_bytes(std::string_view type) {
    struct Size {
        std::string_view type;
        std::int64_t bytes;
    };
    static constexpr std::array<Size, 23> kSizes = {{{"double", 8},
                                                     {"long int", 8},
                                                     {"long", 8},
                                                     {"float", 4},
                                                     {"int", 4},
                                                     {"c10::Half", 2},
                                                     {"c10::BFloat16", 2},
                                                     {"short int", 2},
                                                     {"short", 2},
                                                     {"unsigned char", 1},
                                                     {"signed char", 1},
                                                     {"bool", 1},
                                                     {"c10::Float8_e4m3fn", 1},
                                                     {"c10::Float8_e5m2", 1},
                                                     {"c10::Float8_e4m3fnuz", 1},
                                                     {"c10::Float8_e8m0fnu", 1},
                                                     {"c10::complex<float>", 8},
                                                     {"BFloat16", 2},
                                                     {"Half", 2},
                                                     {"Float", 4},
                                                     {"Byte", 1},
                                                     {"Int", 4},
                                                     {"Long", 8}}};
    const auto found = std::find_if(kSizes.begin(), kSizes.end(),
                                    [&](const Size& size) { return size.type == type; });
    return found == kSizes.end() ? 0 : found->bytes;
}

MappedLines mapped_lines(const MappedOperator& mapped, const std::string& id,
                         const std::vector<std::string>& depends, std::uint32_t stream,
                         std::uint32_t gpu) {
    MappedLines lines;
    LineWriter op;
    op.text("op", mapped.op).text("id", id);
    for (const auto& [key, value] : mapped.set) {
        op.text(key, value);
    }
    std::vector<std::string> keys;
    for (const MappedTensor& tensor : mapped.tensors) {
        if (std::find(keys.begin(), keys.end(), tensor.key) != keys.end()) {
            continue;  // the list is complete already
        }
        keys.push_back(tensor.key);
        std::vector<std::string> names;
        for (const MappedTensor& same : mapped.tensors) {
            if (same.key != tensor.key) {
                continue;
            }
            const std::string name = tensor.list
                                         ? fmt::format("{}.{}{}", id, same.key, names.size())
                                         : fmt::format("{}.{}", id, same.key);
            LineWriter line;
            line.text("tensor", name)
                .raw("shape", fmt::format("[{}, {}]", same.rows, same.columns))
                .text("type", same.type)
                .number_unless_zero("gpu", gpu);
            lines.tensors.push_back(line.take());
            names.push_back(name);
        }
        if (tensor.list) {
            op.texts(tensor.key, names);
        } else {
            op.text(tensor.key, names.front());
        }
    }
    if (!depends.empty()) {
        op.texts("depends", depends);
    }
    lines.op = op.number_unless_zero("stream", stream).number_unless_zero("gpu", gpu).take();
    return lines;
}

const OperatorMapping::Rule* OperatorMapping::find(std::string_view name) const {
    for (const Rule& rule : rules_) {
        if (std::any_of(rule.match.begin(), rule.match.end(), [&](const std::string& pattern) {
                return matches_pattern(name, pattern);
            })) {
            return &rule;
        }
    }
    return nullptr;
}

bool OperatorMapping::knows(std::string_view name) const {
    const Rule* rule = find(name);
    return rule != nullptr && !rule->communication;
}

std::optional<CollectiveKind> OperatorMapping::communication(std::string_view name) const {
    const Rule* rule = find(name);
    return rule == nullptr ? std::nullopt : rule->communication;
}

const MappingResult& OperatorMapping::map(const SourceOperator& source) {
    std::string key = source.name;
    for (const SourceTensor& input : source.inputs) {
        key += dims_text(input.dims) + input.type;
    }
    const auto found = remembered_.find(key);
    if (found != remembered_.end()) {
        return found->second;
    }
    MappingResult result;
    const Rule* rule = find(source.name);
    if (rule == nullptr || rule->communication) {
        result.why = "no rule";
    } else {
        result = apply(*rule, source);
    }
    return remembered_.emplace(std::move(key), std::move(result)).first->second;
}

// Gives the dimensions their names. Returns what is wrong, or "".
std::string OperatorMapping::bind(const RuleTensor& tensor, const SourceTensor& given,
                                  Dimensions& dimensions) const {
    const std::size_t names = tensor.shape.size();
    std::vector<std::int64_t> dims = given.dims;
    if (dims.size() == 1 && names == 2) {
        dims.insert(dims.begin(), 1);
    }
    while (dims.size() > names && dims.size() > 1) {
        dims[1] = product(dims[0], dims[1]);
        dims.erase(dims.begin());
    }
    if (dims.size() != names) {
        return fmt::format("input {} has the shape {}, not {}", *tensor.input,
                           dims_text(given.dims), fmt::join(tensor.shape, " x "));
    }
    for (std::size_t i = 0; i < names; ++i) {
        const std::string& name = tensor.shape[i];
        if (dims[i] <= 0) {
            return fmt::format("input {} has the shape {}", *tensor.input, dims_text(given.dims));
        }
        const std::int64_t known =
            is_number(name) ? std::stoll(name) : dimensions.emplace(name, dims[i]).first->second;
        if (known != dims[i]) {
            return fmt::format("{} is {} and {}: shapes do not agree, or one is repeated", name,
                               known, dims[i]);
        }
    }
    return "";
}

MappingResult OperatorMapping::apply(const Rule& rule, const SourceOperator& source) const {
    const auto no = [](std::string why) { return MappingResult{std::nullopt, std::move(why)}; };
    if (std::all_of(source.inputs.begin(), source.inputs.end(),
                    [](const SourceTensor& t) { return t.dims.empty(); })) {
        return no("no shapes are recorded");
    }
    MappedOperator mapped;
    mapped.op = rule.op;
    mapped.set = rule.set;
    Dimensions dimensions;
    std::vector<bool> used(source.inputs.size());
    for (const RuleTensor& tensor : rule.tensors) {
        if (!tensor.input) {
            continue;
        }
        if (*tensor.input >= source.inputs.size() || source.inputs[*tensor.input].dims.empty()) {
            return no(fmt::format("input {} is no tensor", *tensor.input));
        }
        used[*tensor.input] = true;
        if (std::string why = bind(tensor, source.inputs[*tensor.input], dimensions);
            !why.empty()) {
            return no(std::move(why));
        }
    }
    const auto size_of = [&](const std::string& name) {
        return is_number(name) ? std::int64_t{std::stoll(name)} : dimensions.at(name);
    };
    const auto add = [](std::int64_t& sum, std::int64_t amount) {
        return amount < 0 || __builtin_add_overflow(sum, amount, &sum);
    };
    for (const RuleTensor& tensor : rule.tensors) {
        MappedTensor out{tensor.key, tensor.list, 1, 1, tensor.type};
        const auto& order = tensor.as.empty() ? tensor.shape : tensor.as;
        out.columns = size_of(order.back());
        std::int64_t elements = 1;
        for (std::size_t i = 0; i < order.size(); ++i) {
            elements = product(elements, size_of(order[i]));
        }
        out.rows = elements / out.columns;
        std::int64_t bytes_each = 0;
        if (const auto typed = tensor.input ? tensor.input : tensor.like; typed) {
            if (*typed >= source.inputs.size()) {
                return no(fmt::format("input {} is not recorded", *typed));
            }
            const std::string& type = source.inputs[*typed].type;
            bytes_each = recorded_element_bytes(type);
            const auto ours = types_.find(type);
            if (ours == types_.end()) {
                return no(fmt::format("type '{}' has no counterpart", type));
            }
            out.type = ours->second;
        } else {
            bytes_each = tensor.type == "fp32" ? 4 : tensor.type == "bf16" ? 2 : 1;
        }
        if (elements < 0 || add(mapped.bytes, product(elements, bytes_each))) {
            return no("the sizes pass 2^63");
        }
        mapped.tensors.push_back(std::move(out));
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
        std::int64_t bytes = used[i] || source.inputs[i].dims.empty()
                                 ? 0
                                 : recorded_element_bytes(source.inputs[i].type);
        for (const std::int64_t dim : source.inputs[i].dims) {
            bytes = product(bytes, dim);
        }
        if (add(mapped.left_out_bytes, bytes)) {
            return no("the sizes pass 2^63");
        }
    }
    mapped.flops = rule.flops.empty() ? 0 : 1;
    for (const std::string& factor : rule.flops) {
        mapped.flops = product(mapped.flops, size_of(factor));
    }
    if (mapped.flops < 0) {
        return no("the operations pass 2^63");
    }
    std::string why = refusal(mapped);
    return why.empty() ? MappingResult{std::move(mapped), ""} : no(std::move(why));
}

}  // namespace vr
