#include "player/runtime/temperature.h"

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <string>
#include <system_error>

namespace hallcast::runtime {
namespace {

// Beyond these it is no temperature of a processor, but a sensor that is not connected.
constexpr double coldest = -40, hottest = 150;

void consider(std::optional<double>& so_far, const std::filesystem::path& file) {
    long millidegrees = 0;
    if (!(std::ifstream(file) >> millidegrees)) return;
    const double celsius = double(millidegrees) / 1000;
    if (celsius < coldest || celsius > hottest) return;
    so_far = std::max(so_far.value_or(celsius), celsius);
}

// Of each folder of `parent` whose name begins so, the files that look like `file` does.
template <typename IsSensor>
void consider_all(std::optional<double>& so_far, const std::filesystem::path& parent, const std::string& folder,
                  IsSensor is_sensor) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(parent, error), end; !error && at != end; at.increment(error)) {
        if (!at->path().filename().string().starts_with(folder)) continue;
        std::error_code inside;
        for (std::filesystem::directory_iterator file(at->path(), inside); !inside && file != end;
             file.increment(inside))
            if (is_sensor(file->path().filename().string())) consider(so_far, file->path());
    }
}

}  // namespace

std::optional<double> hottest_celsius(const std::filesystem::path& sys) {
    std::optional<double> so_far;
    consider_all(so_far, sys / "class/thermal", "thermal_zone", [](const std::string& name) { return name == "temp"; });
    if (so_far) return so_far;
    // Machines whose board has no thermal zones: the drivers' own sensors, those of disks and cards among them.
    consider_all(so_far, sys / "class/hwmon", "hwmon",
                 [](const std::string& name) { return name.starts_with("temp") && name.ends_with("_input"); });
    return so_far;
}

Thermometer::Thermometer(std::chrono::seconds every)
    : thread_([this, every](const std::stop_token& stop) {
          std::condition_variable_any wake;
          while (!stop.stop_requested()) {
              const auto found = hottest_celsius();
              std::unique_lock lock(mutex_);
              celsius_ = found;
              wake.wait_for(lock, stop, every, [] { return false; });
          }
      }) {}

}  // namespace hallcast::runtime
