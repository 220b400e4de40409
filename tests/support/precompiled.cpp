// SPDX-License-Identifier: MIT
// The source the precompiled header is built with, whatever else stands in this folder.
#include "support/precompiled.hpp"
