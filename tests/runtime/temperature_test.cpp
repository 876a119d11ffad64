#include "player/runtime/temperature.h"

#include "tests/catch.h"
#include "tests/content/temp_folder.h"

namespace hallcast::runtime::temperature_test {

using content::tests::TempFolder;

void sensor(const TempFolder& sys, const std::string& folder, const std::string& file, const std::string& text) {
    std::filesystem::create_directories(sys.path() / folder);
    sys.write(folder + "/" + file, text);
}

TEST_CASE("the hottest zone counts, and sensors that are not connected do not") {
    const TempFolder sys;
    CHECK_FALSE(hottest_celsius(sys.path()));
    sensor(sys, "class/hwmon/hwmon0", "temp1_input", "91000\n");
    sensor(sys, "class/hwmon/hwmon0", "temp1_max", "105000\n");
    CHECK(hottest_celsius(sys.path()) == 91.0);
    sensor(sys, "class/thermal/thermal_zone0", "temp", "41500\n");
    sensor(sys, "class/thermal/thermal_zone1", "temp", "63250\n");
    sensor(sys, "class/thermal/thermal_zone2", "temp", "-274000\n");
    sensor(sys, "class/thermal/thermal_zone3", "temp", "busy\n");
    sensor(sys, "class/thermal/thermal_zone4", "trip_point_0_temp", "100000\n");
    sensor(sys, "class/thermal/cooling_device0", "temp", "99000\n");
    CHECK(hottest_celsius(sys.path()) == 63.25);
}

}  // namespace hallcast::runtime::temperature_test
