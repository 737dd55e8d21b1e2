# Files derived at build time: purpose and field types, grants and texts out of the register; migrations as text;
# the documents that the server serves.
set(SAMTAL_GENERATED "${PROJECT_BINARY_DIR}/generated")
file(GLOB register_tool CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tools/register/*.py")
file(GLOB_RECURSE migration_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/migrations/*.sql")

add_custom_command(
  OUTPUT "${SAMTAL_GENERATED}/include/samtal/core/register.hpp" "${SAMTAL_GENERATED}/register_texts.cpp"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/register" "${PROJECT_SOURCE_DIR}/config/processing.toml"
          "${SAMTAL_GENERATED}"
  DEPENDS "${PROJECT_SOURCE_DIR}/config/processing.toml" ${register_tool}
  COMMENT "Deriving types, roles and texts from the processing register" VERBATIM)
add_custom_command(
  OUTPUT "${SAMTAL_GENERATED}/migrations.cpp"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/embed_migrations.py" "${PROJECT_SOURCE_DIR}/migrations"
          "${SAMTAL_GENERATED}/migrations.cpp"
  DEPENDS ${migration_files} "${PROJECT_SOURCE_DIR}/tools/embed_migrations.py"
  COMMENT "Embedding the migrations" VERBATIM)
file(GLOB document_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/*/openapi.json" "${PROJECT_SOURCE_DIR}/src/*/asyncapi.json"
     "${PROJECT_SOURCE_DIR}/src/gateway/*.md" "${PROJECT_SOURCE_DIR}/tools/documents/*.py")
add_custom_command(
  OUTPUT "${SAMTAL_GENERATED}/documents.cpp"
  BYPRODUCTS "${SAMTAL_GENERATED}/openapi.json" "${SAMTAL_GENERATED}/asyncapi.json"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/documents" "${PROJECT_SOURCE_DIR}/src"
          "${PROJECT_SOURCE_DIR}/config/processing.toml" "${PROJECT_VERSION}" "${SAMTAL_GENERATED}"
  DEPENDS ${document_files} "${PROJECT_SOURCE_DIR}/config/processing.toml"
  COMMENT "Merging the OpenAPI and AsyncAPI documents" VERBATIM)

# Every translation unit may include register.hpp, so all wait for it.
add_custom_target(samtal_derived DEPENDS "${SAMTAL_GENERATED}/include/samtal/core/register.hpp"
  "${SAMTAL_GENERATED}/register_texts.cpp" "${SAMTAL_GENERATED}/migrations.cpp" "${SAMTAL_GENERATED}/documents.cpp")
add_dependencies(samtal_flags samtal_derived)
