// SPDX-License-Identifier: MIT
// The signals of the ORM, named by what their listeners take.
#pragma once

#include <azoth/signal.hpp>

namespace azoth::orm {

template <class... Args>
using Signal = azoth::Signal<void(Args...)>;

} // namespace azoth::orm
