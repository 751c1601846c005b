// Answers `fetch` from a script and notes what was asked. One script per endpoint, so tests may share a page.
const scripts = new Map();
const files = new Map();
const original = window.fetch;

window.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { pathname } = new URL(request.url);
  if (files.has(pathname)) return new Response(files.get(pathname));
  const name = [...scripts.keys()].find((key) => pathname.startsWith(`/${key}/`));
  if (!name) return original(input, init);
  const script = scripts.get(name);
  const action = /\/(accept|status|decline|quote|revoke)$/.exec(pathname)?.[1] ?? "offer";
  script.requests.push({ action, url: request.url, key: request.headers.get("idempotency-key") ?? "", auth: request.headers.get("authorization") ?? "", body: await request.text() });
  const queue = script.answers[action] ?? [];
  const answer = queue.length > 1 ? queue.shift() : queue[0];
  if (!answer || answer.lost) throw new TypeError("connection lost");
  if (answer.never) return new Promise(() => {});
  const body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  return new Response(body, { status: answer.status ?? 200 });
};

const EVENTS = ["ready", "shown", "accept", "succeeded", "failed", "declined", "redirect", "hidden", "error"];

/** Scripts one endpoint and puts a host for it on the page; every move away from the page is prevented and noted. */
export function prepare(name, answers, attributes) {
  const script = { answers: JSON.parse(answers), requests: [], events: [] };
  scripts.set(name, script);
  const host = document.createElement("div");
  host.id = name;
  for (const [key, value] of Object.entries({ subject: "pay_1", endpoint: `/${name}`, locale: "en", ...JSON.parse(attributes) })) {
    host.setAttribute(key, value);
  }
  for (const event of EVENTS) {
    host.addEventListener(`aftercart-${event}`, (happened) => {
      script.events.push(`${event} ${JSON.stringify(happened.detail)} ${happened.bubbles && happened.composed}`);
      if (event === "redirect" || script.refuse === event) happened.preventDefault();
    });
  }
  document.body.append(host);
  return host;
}

/** Lets a file be there. */
export const put = (path, text) => { files.set(path, text); };

export const requests = (name, action) => JSON.stringify(scripts.get(name).requests.filter((request) => request.action === action));
export const events = (name) => scripts.get(name).events.join("\n");
export const refuse = (name, event) => { scripts.get(name).refuse = event; };
