// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/machine/layer_rig.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "app/platform/machine.h"

namespace vr::testing {

LayerRun::LayerRun(const std::string& text, const std::string& platform, const Sets& sets,
                   Compose compose)
    : config_(platform_of(platform, sets)), request_(request_of(text)) {
    request_.compose = compose;
    request_.workload = in_kernels(config_, request_.workload);
    machine_ = std::make_unique<Machine>(config_, request_);
    for (const TensorSpec& spec : request_.workload.tensors) {
        if (spec.data == TensorData::kSeeded) {
            prepare(spec.name);
            inputs_[spec.name] = tensor(spec.name);
        }
    }
}

LayerRun::~LayerRun() = default;

Gpu& LayerRun::gpu() const {
    return *machine_->gpus()[0];
}

void LayerRun::run() {
    machine_->run();
    REQUIRE(machine_->finished());
}

TensorBytes LayerRun::bytes(const std::string& name) const {
    const std::size_t i = index(name);
    return read_contents(gpu().contents(), spec(i), gpu().places()[i]);
}

plain::Matrix LayerRun::tensor(const std::string& name) const {
    const TensorSpec& of = spec(index(name));
    return plain::matrix(bytes(name).elements, of.rows, of.columns);
}

std::string_view LayerRun::type_name(const std::string& name) const {
    return tensor_type_name(spec(index(name)).type);
}

void LayerRun::write(const std::string& name, const plain::Matrix& values) {
    const std::size_t i = index(name);
    const auto width = static_cast<std::size_t>(element_bits(spec(i).type) / 8);
    const plain::Format format = width == 4   ? plain::kFp32Format
                                 : width == 2 ? plain::kBf16Format
                                              : plain::kE4m3Format;
    std::vector<std::uint8_t> row(static_cast<std::size_t>(values.columns) * width);
    for (std::int64_t r = 0; r < values.rows; ++r) {
        for (std::size_t b = 0; b < row.size(); ++b) {
            const double value = values.at(r, static_cast<std::int64_t>(b / width));
            row[b] = static_cast<std::uint8_t>(plain::encoded(value, format) >> (8 * (b % width)));
        }
        gpu().contents().write(
            gpu().places()[i].base + static_cast<std::uint64_t>(r * gpu().places()[i].pitch), row);
    }
    inputs_[name] = tensor(name);
}

std::size_t LayerRun::index(const std::string& name) const {
    const auto& tensors = request_.workload.tensors;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (tensors[i].name == name) {
            return i;
        }
    }
    FAIL("no tensor " << name);
    return 0;
}

void LayerRun::prepare(const std::string& name) {
    plain::Matrix m = tensor(name);
    if (name == "rope_angles") {
        const std::int64_t pairs = m.columns / 2;
        for (std::int64_t r = 0; r < m.rows; ++r) {
            for (std::int64_t i = 0; i < pairs; ++i) {
                const double angle =
                    static_cast<double>(r) *
                    std::pow(1e4, -static_cast<double>(i) / static_cast<double>(pairs));
                m.at(r, i) = std::cos(angle);
                m.at(r, pairs + i) = std::sin(angle);
            }
        }
    } else {
        double size = 1;
        if (name == "top_k.bias") {
            size = 0.1;
        } else if (name.ends_with(".weight") && m.rows > 1) {
            size = 1 / std::sqrt(static_cast<double>(m.columns));
        }
        const double squares =
            std::inner_product(m.values.begin(), m.values.end(), m.values.begin(), 0.0);
        const double factor = size / std::sqrt(squares / static_cast<double>(m.values.size()));
        std::for_each(m.values.begin(), m.values.end(), [&](double& x) { x *= factor; });
    }
    write(name, m);
}

void check_equal(const LayerRun& run, const std::string& name, const plain::Matrix& wanted) {
    const plain::Difference d = plain::difference(run.tensor(name), wanted);
    if (run.type_name(name) == "fp32") {  // FP32 sums themselves, of inputs with such neighbours
        CHECK(d.most < 1.0 / 1024);
        return;
    }
    CHECK(d.most <= (run.type_name(name) == "bf16" ? kBf16Step : 1.0 / 8));
    CHECK(d.share < (run.type_name(name) == "bf16" ? 0.1 : 0.01));
}

void check_same_bytes(const std::string& text, const Sets& sets) {
    std::map<std::string, std::vector<std::uint8_t>> bytes;
    for (const bool other : {false, true}) {
        LayerRun run(text, "tiny", other ? sets : Sets{},
                     other && sets.empty() ? Compose::kModules : Compose::kRegion);
        run.run();
        for (const TensorSpec& tensor : run.workload().tensors) {
            if (!other) {
                bytes[tensor.name] = run.bytes(tensor.name).elements;
            } else {
                INFO(tensor.name);
                CHECK(run.bytes(tensor.name).elements == bytes.at(tensor.name));
            }
        }
        CHECK((run.machine().rtl().steps() > 0) == (other && !sets.empty()));
    }
}

}  // namespace vr::testing
