// A sentence of an office in each of ten scripts, for the comparison with other shapers.
#pragma once

#include <array>

namespace text_test {

struct ScriptSample {
    const char* script;  // ISO 15924
    const char* language;
    const char* font;  // the file that our table chooses
    unsigned face;
    bool right_to_left;
    const char* text;  // one script only, so that it is one run
};

inline constexpr const char* noto = "/usr/share/fonts/truetype/noto/";
inline constexpr const char* noto_cjk = "/usr/share/fonts/opentype/noto/";

inline constexpr auto script_samples = std::to_array<ScriptSample>({
    {"Latn", "pl", "NotoSans-Regular.ttf", 0, false,
     "Osoby oczekujące na wydanie karty pobytu prosimy o pobranie numeru. AVATAR fi ffi Źdźbło"},
    {"Latn", "vi", "NotoSans-Regular.ttf", 0, false, "Xin mời đến quầy số ẪỆ Nguyễn Việt để nhận thẻ tạm trú"},
    {"Cyrl", "uk", "NotoSans-Regular.ttf", 0, false, "Підійдіть, будь ласка, до віконця з вашими документами"},
    {"Cyrl", "sr", "NotoSans-Regular.ttf", 0, false, "Молимо вас да будете стрпљиви, обратите се на шалтер"},
    {"Grek", "el", "NotoSans-Regular.ttf", 0, false, "Παρακαλούμε περιμένετε τη σειρά σας στην αίθουσα"},
    {"Arab", "ar", "NotoSansArabic-Regular.ttf", 0, true, "يرجى أخذ رقم والانتظار حتى يُنادى عليكم لِلَّهِ"},
    {"Arab", "ur", "NotoNastaliqUrdu-Regular.ttf", 0, true, "براہِ کرم اپنی باری کا انتظار کریں ٹھہریے"},
    {"Hebr", "he", "NotoSansHebrew-Regular.ttf", 0, true, "נא לגשת לדלפק ולהמתין בתור שָׁלוֹם"},
    {"Deva", "hi", "NotoSansDevanagari-Regular.ttf", 0, false, "कृपया प्रवेश द्वार पर लगी मशीन से टिकट लें और प्रतीक्षा करें"},
    {"Deva", "mr", "NotoSansDevanagari-Regular.ttf", 0, false, "कृपया आपल्या क्रमांकाची वाट पाहा श्री लक्ष्मी"},
    {"Thai", "th", "NotoSansThai-Regular.ttf", 0, false, "กรุณาไปที่ช่องบริการหมายเลขสามเมื่อหมายเลขของท่านปรากฏ ป้ำ"},
    {"Geor", "ka", "NotoSansGeorgian-Regular.ttf", 0, false, "გთხოვთ მიხვიდეთ სარკმელთან და დაელოდოთ"},
    {"Beng", "bn", "NotoSansBengali-Regular.ttf", 0, false, "অনুগ্রহ করে আপনার নম্বরের জন্য অপেক্ষা করুন ক্ষমা"},
    {"Hani", "zh-Hans", "NotoSansCJK-Regular.ttc", 2, false, "请在入口处的取号机取号，然后就座等候。直骨"},
    {"Hani", "zh-Hant-TW", "NotoSansCJK-Regular.ttc", 3, false, "請在入口處的取號機取號，然後就座等候。直骨"},
    {"Hani", "zh-HK", "NotoSansCJK-Regular.ttc", 4, false, "請在入口處取號，然後就座等候。直骨"},
    {"Hang", "ko", "NotoSansCJK-Regular.ttc", 1, false, "번호표를 뽑고 잠시 기다려 주세요"},
    {"Ethi", "am", "NotoSansEthiopic-Regular.ttf", 0, false, "እባክዎ ቁጥርዎ እስኪጠራ ድረስ ይጠብቁ"},
    {"Khmr", "km", "NotoSansKhmer-Regular.ttf", 0, false, "សូមរង់ចាំលេខរបស់អ្នក"},
    {"Mymr", "my", "NotoSansMyanmar-Regular.ttf", 0, false, "ကျေးဇူးပြု၍ စောင့်ဆိုင်းပါ ဥက္ကဋ္ဌ"},
});

}  // namespace text_test
