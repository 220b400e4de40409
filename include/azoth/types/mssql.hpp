// SPDX-License-Identifier: MIT
// SQL Server's own types. Other dialects refuse those that they do not have under the same name.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <azoth/types/details.hpp>

namespace azoth::mssql {

/// In place of a length: VARCHAR(max).
struct Max {};
inline constexpr Max max{};

struct BIT : Type {
    BIT() : Type(named_type(TypeKind::boolean, "BIT")) {}
};
struct DATETIME2 : Type {
    explicit DATETIME2(std::int32_t digits = unset) : Type(named_type(TypeKind::date_time, "DATETIME2")) {
        precision = digits;
    }
};
struct DATETIMEOFFSET : Type {
    explicit DATETIMEOFFSET(std::int32_t digits = unset) : Type(named_type(TypeKind::date_time, "DATETIMEOFFSET")) {
        precision = digits;
        timezone = true;
    }
};
struct IMAGE : Type {
    IMAGE() : Type(named_type(TypeKind::large_binary, "IMAGE")) {}
};
struct MONEY : Type {
    MONEY() : Type(named_type(TypeKind::numeric, "MONEY")) {}
};
struct NTEXT : Type {
    explicit NTEXT(std::string collation = {}) : Type(named_type(TypeKind::text, "NTEXT")) {
        national = true;
        if (!collation.empty()) change_details(*this, [&](TypeDetails& d) { d.collation = std::move(collation); });
    }
};
struct NVARCHAR : Type {
    explicit NVARCHAR(std::int32_t characters = unset) : Type(named_type(TypeKind::string, "NVARCHAR")) {
        length = characters;
        national = true;
    }
    explicit NVARCHAR(Max) : NVARCHAR() { set_flag(*this, TypeFlag::maximum); }
};
struct ROWVERSION : Type {
    ROWVERSION() : Type(named_type(TypeKind::large_binary, "ROWVERSION")) {}
};
struct SMALLDATETIME : Type {
    SMALLDATETIME() : Type(named_type(TypeKind::date_time, "SMALLDATETIME")) {}
};
struct SMALLMONEY : Type {
    SMALLMONEY() : Type(named_type(TypeKind::numeric, "SMALLMONEY")) {}
};
struct SQL_VARIANT : Type {
    SQL_VARIANT() : Type(named_type(TypeKind::null_type, "SQL_VARIANT")) {}
};
/// With a number of fractional digits.
struct TIME : Type {
    explicit TIME(std::int32_t digits = unset) : Type(named_type(TypeKind::time, "TIME")) { precision = digits; }
};
/// The older name of ROWVERSION.
struct TIMESTAMP : Type {
    TIMESTAMP() : Type(named_type(TypeKind::large_binary, "ROWVERSION_TIMESTAMP")) {}
};
struct TINYINT : Type {
    TINYINT() : Type(named_type(TypeKind::small_integer, "TINYINT")) {}
};
struct UNIQUEIDENTIFIER : Type {
    UNIQUEIDENTIFIER() : Type(named_type(TypeKind::uuid, "UNIQUEIDENTIFIER")) {}
};
struct VARBINARY : Type {
    explicit VARBINARY(std::int32_t bytes = unset) : Type(named_type(TypeKind::large_binary, "VARBINARY")) {
        length = bytes;
    }
    explicit VARBINARY(Max) : VARBINARY() { set_flag(*this, TypeFlag::maximum); }
};
struct VARCHAR : Type {
    explicit VARCHAR(std::int32_t characters = unset) : Type(named_type(TypeKind::string, "VARCHAR")) {
        length = characters;
    }
    explicit VARCHAR(Max) : VARCHAR() { set_flag(*this, TypeFlag::maximum); }
};
struct XML : Type {
    XML() : Type(named_type(TypeKind::text, "XML")) {}
};

} // namespace azoth::mssql
