// Runs the checks on this page's receipt and shows what they found. Until they have run,
// the page claims nothing.

const $ = (id) => document.getElementById(id);
const lang = document.documentElement.lang.slice(0, 2);
const words = JSON.parse($('words').textContent);

const moment = (form, iso) => form.replace('{y}', iso.slice(0, 4)).replace('{mm}', iso.slice(5, 7)).replace('{dd}', iso.slice(8, 10))
  .replace('{m}', words.months[iso.slice(5, 7) - 1]).replace('{d}', String(Number(iso.slice(8, 10)))).replace('{t}', iso.slice(11, 16));
const shown = {
  at: (iso) => moment(words.minute, iso),
  pos: (n) => (n < 0 ? '' : String(n).replace(/\B(?=(\d{3})+$)/g, ',')),
  effective: (iso) => moment(words.date, iso),
};

// Every text of the statement that the page shows, under the name its element has.
function texts(s) {
  const say = { ref: s.ref, to: s.to || '', company: s.company[lang], say: s.say[lang], help: s.help[lang], effective: shown.effective(s.effective) };
  (s.lines || []).forEach((l, i) => {
    say[`label.${i}`] = l.label[lang];
    say[`was.${i}`] = l.was || words.none;
    say[`now.${i}`] = l.now || words.none;
  });
  (s.steps || []).forEach((p, i) => {
    say[`at.${i}`] = shown.at(p.at);
    say[`what.${i}`] = p.what[lang];
    say[`pos.${i}`] = shown.pos(p.pos);
  });
  (s.systems || []).forEach((t, i) => { say[`system.${i}`] = t[lang]; });
  (s.witnesses || []).forEach((w, i) => { say[`witness.${i}`] = w.name[lang]; });
  return say;
}

// Whether the page shows what the statement says: each text once, and no other.
function pageMatches(s) {
  const want = texts(s), found = [...document.querySelectorAll('[data-say]')];
  return found.length === Object.keys(want).length &&
    new Set(found.map((el) => el.dataset.say)).size === found.length &&
    found.every((el) => el.textContent === want[el.dataset.say]);
}

function paint(state, title, detail) {
  $('page').dataset.verdict = state;
  $('verdict-title').textContent = title;
  $('verdict-detail').textContent = detail;
  $('stamp').setAttribute('aria-label', title);
  $('stamp-word').textContent = words.stamp[state] + $('stamp').dataset.tail;
}

function open(s) {
  const rows = (s.lines || []).flatMap((l) => l.openings.map((o) => [l.label[lang] + ' · ' + o.name, o.content || words.none]));
  rows.flat().forEach((t, i) => {
    const cell = document.createElement(i % 2 ? 'dd' : 'dt');
    cell.textContent = t;
    $('opened-list').append(cell);
  });
  $('opened').hidden = rows.length === 0;
}

function run() {
  let receipt;
  try {
    receipt = JSON.parse($('receipt').textContent);
    const signed = verify(receipt, pageMatches), count = signed.filter(Boolean).length;
    signed.forEach((yes, i) => { $('witness-' + i).dataset.signed = yes; });
    const witnessed = !signed.length ? [] : [(count === signed.length ? words.witnessed : words.waiting).replace('{n}', count).replace('{of}', signed.length)];
    const now = new Date().toLocaleString(words.locale, { dateStyle: 'long', timeStyle: 'medium' });
    paint('ok', words.ok, [now, words.held, ...witnessed].join(' · '));
    open(receipt.statement);
  } catch (error) {
    paint('bad', words.bad, words.failed[error.check || 'form']);
  }
}

run();
$('print').hidden = false;
$('print').addEventListener('click', () => window.print());
