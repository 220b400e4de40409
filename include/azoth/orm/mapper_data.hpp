// SPDX-License-Identifier: MIT
// MapperData: the mapping of one class as data: its table, attributes and relationships.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/orm/attribute.hpp>
#include <azoth/orm/links.hpp>
#include <azoth/schema/table.hpp>
#include <azoth/sql/node.hpp>

namespace azoth::orm {

class MapperData;

/// A class found late, so that two classes can refer to each other.
using MapperReference = MapperData& (*)();

struct AttributeInfo {
    std::string name;
    std::uint32_t offset = 0; ///< from ModelBase
    const AttributeOperations* operations = nullptr;
    std::size_t column = 0; ///< position in the table
    bool primary_key = false;
    bool server_default = false;
    bool autoincrement = false;
    sql::NodePtr node; ///< the column as an expression
};

enum class Direction : std::uint8_t { many_to_one, one_to_many };

/// Which operations follow a relationship (SQLAlchemy's cascades).
struct Cascade {
    bool save_update = true;
    bool delete_ = false;
    bool delete_orphan = false;
};

struct RelationshipInfo {
    std::string name;
    std::uint32_t offset = 0;
    bool collection = false;
    MapperReference target_reference = nullptr;
    std::string back_populates; ///< the attribute's name on the other side; empty: none
    std::string remote_side;    ///< an attribute's name of the target
    std::string foreign_key;    ///< an attribute's name on the side that has the key, where there are several
    Cascade cascade;

    // Found by configure():
    MapperData* target = nullptr;
    Direction direction = Direction::many_to_one;
    /// (attribute here, attribute of the target): the key's columns and what they refer to.
    std::vector<std::pair<std::uint16_t, std::uint16_t>> pairs;
    /// The same as (attribute of the child, attribute of the parent), whichever side this is.
    std::vector<std::pair<std::uint16_t, std::uint16_t>> child_pairs;
    int reverse = -1; ///< index of the other side among the target's relationships
};

/// The mapping of one class. Filled by `T::map`, completed by `configure()` on first use, constant afterwards.
class MapperData {
public:
    MapperData() = default;
    MapperData(const MapperData&) = delete;
    MapperData& operator=(const MapperData&) = delete;

    std::string class_name;
    std::size_t object_size = 0;
    std::size_t object_alignment = 0;
    ModelBase* (*construct)(void* memory) = nullptr;
    DestroyFunction destroy = nullptr; ///< takes the address that `construct` was given
    std::unique_ptr<Table> table;
    std::vector<AttributeInfo> attributes;       ///< in the table's order
    std::vector<RelationshipInfo> relationships; ///< in the order of map()
    std::vector<std::uint16_t> primary_key;      ///< attributes
    sql::NodePtr entity;                         ///< all columns, for select<T>()
    /// Foreign keys whose target is a member pointer: resolved by configure().
    struct PendingKey {
        std::size_t key; ///< among the table's foreign keys
        MapperReference target;
        std::string attribute;
    };
    std::vector<PendingKey> pending_keys;

    /// Resolves what refers to other classes. Thread-safe; done once. @throws ArgumentError that says what does not fit.
    void configure();
    /// Resolves the foreign keys only (their targets' tables must be mapped, nothing more).
    void resolve_keys();

    [[nodiscard]] const AttributeInfo* find(std::string_view name) const noexcept;
    /// @throws ArgumentError that names the class.
    [[nodiscard]] std::uint16_t attribute_index(std::string_view name) const;
    [[nodiscard]] std::uint16_t relationship_index(std::string_view name) const;

    [[nodiscard]] static AttributeBase& attribute(ModelBase& object, const AttributeInfo& info) noexcept {
        return *reinterpret_cast<AttributeBase*>(reinterpret_cast<char*>(&object) + info.offset);
    }
    [[nodiscard]] static RelatedBase& related(ModelBase& object, const RelationshipInfo& info) noexcept {
        return *reinterpret_cast<RelatedBase*>(reinterpret_cast<char*>(&object) + info.offset);
    }
    [[nodiscard]] static CollectionBase& collection(ModelBase& object, const RelationshipInfo& info) noexcept {
        return *reinterpret_cast<CollectionBase*>(reinterpret_cast<char*>(&object) + info.offset);
    }

    /// A new object in `graph`, its wrappers placed, without values. @param loaded  links start as not loaded
    [[nodiscard]] ModelBase* create(Graph& graph, bool loaded) const;
    /// The attribute that holds `column` of the table; null when the class does not map it.
    [[nodiscard]] const AttributeInfo* by_column(std::size_t column) const noexcept;

private:
    std::atomic<bool> configured_{false};
    bool configuring_ = false;
    bool keys_resolved_ = false;
};

} // namespace azoth::orm
