// SPDX-License-Identifier: MIT
// Mapping without I/O: mapped classes, their attributes in SQL, new objects.
#pragma once

#include <azoth/core.hpp>
#include <azoth/orm/aliased.hpp>
#include <azoth/orm/composite.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/orm/errors.hpp>
#include <azoth/orm/events.hpp>
#include <azoth/orm/hybrid.hpp>
#include <azoth/orm/imperative.hpp>
#include <azoth/orm/inspect.hpp>
#include <azoth/orm/loader_options.hpp>
#include <azoth/orm/make.hpp>
#include <azoth/orm/registry.hpp>
#include <azoth/orm/repr.hpp>
#include <azoth/orm/write_only.hpp>
