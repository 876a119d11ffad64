#include "protocol/parse.h"

#include <string>
#include <vector>

namespace hallcast::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// 0: no time.
std::int64_t largest_of(const FieldDescriptor& field) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_INT64) return 0;
    const std::string& name = field.name();
    if (name.ends_with("_ms")) return largest_time_ms;
    return name.ends_with("_us") ? largest_time_ms * 1000 : 0;
}

const FieldDescriptor* senseless_in(const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        for (int i = 0; i < count; ++i) {
            const auto* found = senseless_time(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                                                   : reflection.GetMessage(message, &field));
            if (found != nullptr) return found;
        }
        return nullptr;
    }
    const std::int64_t largest = largest_of(field);
    for (int i = 0; largest != 0 && i < count; ++i) {
        const std::int64_t time = field.is_repeated() ? reflection.GetRepeatedInt64(message, &field, i)
                                                      : reflection.GetInt64(message, &field);
        if (time < -largest || time > largest) return &field;
    }
    return nullptr;
}

}  // namespace

const FieldDescriptor* senseless_time(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields)
        if (const auto* found = senseless_in(message, *field)) return found;
    return nullptr;
}

bool parse(Message& message, std::string_view bytes) {
    return message.ParseFromArray(bytes.data(), int(bytes.size())) && senseless_time(message) == nullptr;
}

}  // namespace hallcast::wire
