// SPDX-License-Identifier: Apache-2.0
// The hashes of the address map: what of the higher bits is XORed to pseudo-channel, bank and bank
// group. One line each.
#pragma once

#include "models/hbm4/address_map/folded_hash.h"
#include "models/hbm4/address_map/neighbour_hash.h"
#include "models/hbm4/address_map/polynomial_hash.h"
#include "models/hbm4/policies/policy_list.h"

namespace vr::hbm4 {

using AddressHashes = PolicyList<PolynomialHash,  //
                                 FoldedHash,      //
                                 NeighbourHash>;

}  // namespace vr::hbm4
