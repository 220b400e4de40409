// SPDX-License-Identifier: MIT
// SQL without I/O: tables, expressions, statements, and their text for any dialect.
#pragma once

#include <azoth/compiler/compiled.hpp>
#include <azoth/compiler/ddl.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/dialect/dialects.hpp>
#include <azoth/error.hpp>
#include <azoth/schema/constraint.hpp>
#include <azoth/schema/generated.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/schema/options.hpp>
#include <azoth/schema/table.hpp>
#include <azoth/sql/bindparam.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/construct.hpp>
#include <azoth/sql/constructs.hpp>
#include <azoth/sql/ddl.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/expression.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/functions.hpp>
#include <azoth/sql/select.hpp>
#include <azoth/sql/sequence.hpp>
#include <azoth/sql/table_function.hpp>
#include <azoth/sql/text.hpp>
#include <azoth/sql/values.hpp>
#include <azoth/types/enum.hpp>
#include <azoth/types/mssql.hpp>
#include <azoth/types/mysql.hpp>
#include <azoth/types/oracle.hpp>
#include <azoth/types/postgresql.hpp>
#include <azoth/types/standard.hpp>
#include <azoth/types/type_traits.hpp>
