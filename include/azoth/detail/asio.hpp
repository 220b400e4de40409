// SPDX-License-Identifier: MIT
// The one place that says which Asio: the stand-alone library, or Boost's by the build option.
#pragma once

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
namespace azoth {
namespace asio = boost::asio;
using asio_error_code = boost::system::error_code;
using asio_system_error = boost::system::system_error;
} // namespace azoth
#else
#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/error.hpp>
namespace azoth {
namespace asio = ::asio;
using asio_error_code = ::asio::error_code;
using asio_system_error = ::asio::system_error;
} // namespace azoth
#endif
