# SPDX-License-Identifier: Apache-2.0
# What find_package(vrsim) finds in a directory that is built together with vrsim, in the tree or by --with: all is there.
set(vrsim_FOUND TRUE)
