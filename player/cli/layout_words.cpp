// hallcast layout schema and keys: the layout language, for editors and for people.
#include <cstdio>

#include "layouts/schema.h"
#include "player/cli/commands.h"

namespace hallcast::cli {

void add_layout_words(CLI::App& layout) {
    CLI::App& schema = *layout.add_subcommand("schema", "print the JSON Schema of layout files, for editors");
    schema.footer("Example: hallcast layout schema > layout.schema.json");
    schema.callback([] { std::fputs(layouts::json_schema().c_str(), stdout); });

    CLI::App& keys = *layout.add_subcommand("keys", "print what a layout may say: kinds of widgets, keys, conditions");
    keys.footer("Example: hallcast layout keys | less");
    keys.callback([] { std::fputs(layouts::key_tables().c_str(), stdout); });
}

}  // namespace hallcast::cli
