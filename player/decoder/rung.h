// The rungs of the decode ladder.
#pragma once

#include <array>
#include <string_view>

namespace hallcast::decoder {

// Who decodes, best first. drm: V4L2, as boards have it. software is always there.
enum class Rung { vaapi, drm, cuda, software };
inline constexpr std::array hardware_rungs{Rung::vaapi, Rung::drm, Rung::cuda};
std::string_view name_of(Rung rung);

}  // namespace hallcast::decoder
