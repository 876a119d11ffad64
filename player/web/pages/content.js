// The content editor's page: upload, progress, and the list of what plays.
'use strict';

const drop = document.getElementById('drop');
const chooser = document.getElementById('file');

function cell(text, style) {
  const e = document.createElement('td');
  e.textContent = text;
  if (style) e.className = style;
  return e;
}

function duration(ms) {
  const seconds = Math.round(Number(ms) / 1000);
  return Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
}

const kinds = {CONTENT_KIND_PICTURE: 'picture', CONTENT_KIND_STREAM: 'stream', CONTENT_KIND_VOICE: 'voice'};

async function list() {
  try {
    const manifest = await hallcast.api('GET', '/api/v1/content');
    const everything = [...manifest.items, ...manifest.voices];
    document.getElementById('nothing').hidden = everything.length > 0;
    document.getElementById('items').replaceChildren(...everything.map((item) => {
      const row = document.createElement('tr');
      const remove = document.createElement('button');
      remove.type = 'button';
      remove.textContent = hallcast.word('remove');
      remove.addEventListener('click', async () => {
        if (!window.confirm(hallcast.word('remove_sure') + ' ' + item.title)) return;
        try {
          await hallcast.api('DELETE', '/api/v1/content/' + encodeURIComponent(item.id));
        } catch (error) {
          hallcast.showError(error.message);
        }
        list();
      });
      const last = cell('', 'number');
      last.append(remove);
      const title = cell(item.language ? `${item.title} (${item.language})` : item.title);
      title.title = item.address || '';
      row.append(title, cell(hallcast.word(kinds[item.kind] || 'video')), cell(Number(item.durationMs) ? duration(item.durationMs) : '–', 'number'),
                 cell(Number(item.bytes) ? (Number(item.bytes) / 1e6).toFixed(1) + ' MB' : '–', 'number'), last);
      return row;
    }));
    hallcast.showError('');
  } catch (error) {
    hallcast.showError(error.message);
  }
}

class Upload {
  constructor(file) {
    this.file = file;
    this.line = document.createElement('li');
    this.text = document.createElement('div');
    this.bar = document.createElement('progress');
    this.bar.max = 1;
    this.bar.value = 0;
    this.line.append(this.text, this.bar);
    document.getElementById('uploads').prepend(this.line);
  }

  show(step, share) {
    const percent = share === undefined ? '' : ` ${Math.round(100 * share)} %`;
    this.text.textContent = `${this.file.name}: ${step}${percent}`;
    if (share !== undefined) this.bar.value = share;
  }

  fail(reason) {
    this.line.className = 'error';
    this.bar.remove();
    // The master's reasons begin with the file's name; those of the connection do not.
    const named = reason.startsWith(`${this.file.name}: `) ? reason.slice(this.file.name.length + 2) : reason;
    this.text.textContent = `${this.file.name}: ${hallcast.word('refused')}: ${named}`;
  }

  // fetch() tells nothing of an upload's progress; XMLHttpRequest does.
  start() {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/content?name=' + encodeURIComponent(this.file.name));
    request.setRequestHeader('Authorization', 'Bearer ' + hallcast.token());
    request.upload.addEventListener('progress', (event) => this.show(hallcast.word('uploading'), event.loaded / (event.total || 1)));
    request.addEventListener('error', () => this.fail(hallcast.word('no_connection')));
    request.addEventListener('load', () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* the status says enough */ }
      if (request.status === 202) this.follow(answer.job);
      else this.fail(answer.error || String(request.status));
    });
    this.show(hallcast.word('uploading'), 0);
    request.send(this.file);
  }

  async follow(job) {
    try {
      const state = await hallcast.api('GET', '/api/v1/content/jobs/' + job);
      if (state.error) return this.fail(state.error);
      if (state.step === 'done') {
        this.show(hallcast.word('done'), 1);
        return list();
      }
      this.show(hallcast.word(state.step === 'waiting' ? 'waiting_step' : state.step), state.share);
    } catch (error) {
      this.show(error.message);
    }
    setTimeout(() => this.follow(job), 400);
  }
}

function take(files) {
  for (const file of files) new Upload(file).start();
}

const stream = document.getElementById('stream');
stream.addEventListener('submit', async (event) => {
  event.preventDefault();
  const given = new FormData(stream);
  try {
    await hallcast.api('POST', '/api/v1/content/streams',
                       JSON.stringify({address: given.get('address').trim(), seconds: Number(given.get('seconds')), title: given.get('title')}));
    stream.reset();
    list();
  } catch (error) {
    hallcast.showError(error.message);
  }
});

chooser.addEventListener('change', () => {
  take(chooser.files);
  chooser.value = '';
});
for (const kind of ['dragover', 'dragenter']) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
drop.addEventListener('dragleave', () => drop.classList.remove('over'));
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  take(event.dataTransfer.files);
});
document.addEventListener('hallcast-language', list);
list();
