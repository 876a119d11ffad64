// What the pages share: words in Polish and English, the token, and calls of the API.
'use strict';

const words = {
  pl: {
    counter_page: 'Stanowisko', counter_page_about: 'Wywoływanie kolejnych osób', content_page: 'Materiały',
    content_page_about: 'Filmy i obrazy na ekranach hali', counter: 'Numer stanowiska', call_next: 'Wywołaj następną osobę',
    recall: 'Wywołaj ponownie', start: 'Rozpocznij', finish: 'Zakończ', no_show: 'Nie stawił się', open: 'Otwórz stanowisko',
    close: 'Zamknij stanowisko', call_this: 'Wywołaj ten numer', ticket_number: 'Numer biletu', waiting: 'Oczekujący',
    CLOSED: 'stanowisko zamknięte', FREE: 'wolne', CALLING: 'wywołano – czekamy na osobę', SERVING: 'obsługa w toku',
    shown_on: 'Pokazano na ekranach:', spoken: 'wypowiedziano głosem', not_shown_yet: 'Czekam na ekrany…',
    unseen: 'Żaden ekran nie pokazuje tego wezwania! System ponawia je sam – proszę zawołać osobę także głosem.',
    no_connection: 'Brak połączenia z systemem. Ponawiam próbę…', token: 'Podaj hasło dostępu (token) do systemu:',
    bad_token: 'Hasło dostępu jest nieprawidłowe. Odśwież stronę i podaj je ponownie.',
    drop_here: 'Upuść tutaj plik z filmem, obrazem lub głosem albo wybierz go:', playing_now: 'Odtwarzane na ekranach', title: 'Nazwa',
    kind: 'Rodzaj', duration: 'Czas', size: 'Rozmiar', remove: 'Usuń', remove_sure: 'Usunąć z ekranów:', video: 'film',
    voice: 'głos', stream: 'transmisja', stream_address: 'Transmisja na żywo (adres)', stream_seconds: 'Sekund za każdym razem',
    stream_add: 'Dodaj transmisję', picture: 'obraz', nothing_plays: 'Nic nie jest jeszcze odtwarzane.', uploading: 'wysyłanie', waiting_step: 'czeka w kolejce',
    probing: 'sprawdzanie', transcoding: 'przetwarzanie', checking: 'kontrola wyniku', done: 'gotowe – jest na ekranach',
    refused: 'odrzucono', other_language: 'English',
    notices: 'Komunikaty', notices_about: 'Są wypowiadane i pokazywane na ekranach hali, po kolei w podanych językach.',
    notice_minutes: 'Minut:', notice_everywhere: 'we wszystkich halach', notice_usual: 'komunikat', notice_warning: 'ostrzeżenie',
    notice_urgent: 'alarm (cały ekran, przerywa wezwania)', notice_level: 'Rodzaj komunikatu',
    notice_send: 'Ogłoś', notice_end: 'Zakończ', notice_until: 'do', all_quiet: 'Nie ma teraz komunikatów.',
    urgent_sure: 'Przerwać wezwania, zająć ekrany w całości i powtarzać ten komunikat co 20 sekund?',
    health_page: 'Ekrany', health_page_about: 'Czy ekrany działają i co na nich widać', screen: 'Ekran', hall: 'Hala', state: 'Stan',
    layout: 'Układ', plays: 'Odtwarza', no_screens: 'Żaden ekran się jeszcze nie zgłosił.', live: 'działa', gone: 'nie odpowiada',
    out_of_step: 'ma nieaktualne dane', no_sound: 'bez dźwięku', layout_wrong: 'Plik układu jest błędny i nie jest pokazywany:',
  },
  en: {
    counter_page: 'Counter', counter_page_about: 'Call the next visitors', content_page: 'Content',
    content_page_about: 'Films and pictures on the screens of the hall', counter: 'Counter number', call_next: 'Call next',
    recall: 'Call again', start: 'Start', finish: 'Finish', no_show: 'No-show', open: 'Open the counter',
    close: 'Close the counter', call_this: 'Call this ticket', ticket_number: 'Ticket number', waiting: 'Waiting',
    CLOSED: 'counter closed', FREE: 'free', CALLING: 'called – waiting for the visitor', SERVING: 'being served',
    shown_on: 'Shown on screens:', spoken: 'spoken aloud', not_shown_yet: 'Waiting for the screens…',
    unseen: 'No screen shows this call! It is called again by itself – please call the visitor by voice, too.',
    no_connection: 'No connection to the system. Trying again…', token: 'The access token of the system:',
    bad_token: 'The access token is wrong. Reload the page and give it again.',
    drop_here: 'Drop a film, a picture or a voice here, or choose one:', playing_now: 'Playing in the hall', title: 'Title', kind: 'Kind',
    duration: 'Duration', size: 'Size', remove: 'Remove', remove_sure: 'Take off the screens:', video: 'film', picture: 'picture',
    voice: 'voice', stream: 'live stream', stream_address: 'Live stream (address)', stream_seconds: 'Seconds at each turn', stream_add: 'Add the stream',
    nothing_plays: 'Nothing plays yet.', uploading: 'uploading', waiting_step: 'waits its turn', probing: 'looking at it',
    transcoding: 'transcoding', checking: 'checking the result', done: 'done – it is on the screens', refused: 'refused',
    other_language: 'Polski',
    notices: 'Notices', notices_about: 'They are spoken and shown in the hall, in the languages given, one after the other.',
    notice_minutes: 'Minutes:', notice_everywhere: 'in all halls', notice_usual: 'notice', notice_warning: 'warning',
    notice_urgent: 'emergency (whole screen, interrupts calls)', notice_level: 'Kind of notice',
    notice_send: 'Tell everybody', notice_end: 'End', notice_until: 'until', all_quiet: 'No notice now.',
    urgent_sure: 'Interrupt calls, take the screens over and repeat this notice every 20 seconds?',
    health_page: 'Screens', health_page_about: 'Whether the screens work, and what is on them', screen: 'Screen', hall: 'Hall', state: 'State',
    layout: 'Layout', plays: 'Plays', no_screens: 'No screen has reported yet.', live: 'works', gone: 'does not answer',
    out_of_step: 'has old data', no_sound: 'no sound', layout_wrong: 'The layout file is wrong and not shown:',
  },
};

const hallcast = {
  language: localStorage.getItem('hallcast-language') || (navigator.language.startsWith('pl') ? 'pl' : 'en'),
  word(id) { return words[this.language][id] || id; },

  translate() {
    document.documentElement.lang = this.language;
    for (const e of document.querySelectorAll('[data-text]')) e.textContent = this.word(e.dataset.text);
    for (const e of document.querySelectorAll('[data-label]')) e.setAttribute('aria-label', this.word(e.dataset.label));
    document.getElementById('language').textContent = this.word('other_language');
    document.dispatchEvent(new Event('hallcast-language'));
  },

  askedInVain: false,  // until the page is loaded again: the pages ask every second, a person only once

  token() {
    const given = document.querySelector('meta[name=hallcast-token]').content || sessionStorage.getItem('hallcast-token');
    if (given || this.askedInVain) return given || '';
    const asked = window.prompt(this.word('token')) || '';
    this.askedInVain = !asked;
    if (asked) sessionStorage.setItem('hallcast-token', asked);
    return asked;
  },

  // The answer's JSON; throws an Error with the server's words.
  async api(method, path, body, headers = {}) {
    let answer;
    try {
      answer = await fetch(path, {method, headers: {Authorization: 'Bearer ' + this.token(), ...headers}, body});
    } catch {
      throw new Error(this.word('no_connection'));
    }
    if (answer.status === 401) {
      sessionStorage.removeItem('hallcast-token');
      this.askedInVain = true;
      throw new Error(this.word('bad_token'));
    }
    const json = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(json.error), {refused: true});
    return json;
  },

  showError(text) {
    const place = document.getElementById('error');
    place.hidden = !text;
    place.textContent = text || '';
  },
};

document.getElementById('language').addEventListener('click', () => {
  hallcast.language = hallcast.language === 'pl' ? 'en' : 'pl';
  localStorage.setItem('hallcast-language', hallcast.language);
  hallcast.translate();
});
document.addEventListener('DOMContentLoaded', () => hallcast.translate());
