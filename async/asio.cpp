// SPDX-License-Identifier: MIT
// Asio's non-template code, compiled once here instead of in every file that includes it.
#if defined(AZOTH_USE_BOOST_ASIO)
#include <boost/asio/impl/src.hpp>
#else
#include <asio/impl/src.hpp>
#endif
