// SPDX-License-Identifier: MIT
// Everything, with the built-in drivers registered.
#pragma once

#include <azoth/core.hpp>
#include <azoth/driver/builtin.hpp>
#include <azoth/engine/config.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/engine/copy.hpp>
#include <azoth/engine/ddl.hpp>
#include <azoth/engine/engine.hpp>
#include <azoth/engine/events.hpp>
#include <azoth/engine/inspector.hpp>
#include <azoth/engine/listener.hpp>
#include <azoth/engine/mock.hpp>
#include <azoth/engine/result.hpp>
#include <azoth/engine/tracing.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/orm.hpp>
#include <azoth/session/identity_key.hpp>
#include <azoth/session/loading.hpp>
#include <azoth/session/prepare.hpp>
#include <azoth/session/result.hpp>
#include <azoth/session/row_events.hpp>
#include <azoth/session/scoped_session.hpp>
#include <azoth/session/session.hpp>
#include <azoth/session/session_maker.hpp>
