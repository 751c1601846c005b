// The first script of every page of a journey. Remembers what the widget announced, which offers it was given, what
// broke the page's policy and what scripts wrote to the console, across reloads and moves within one origin, and notes
// how far the layout jumped.
(() => {
  if (window !== window.top) return;
  const note = (name, ...values) => {
    sessionStorage.setItem(name, JSON.stringify([...JSON.parse(sessionStorage.getItem(name) ?? '[]'), ...values]));
  };
  for (const name of ['recorded', 'offers', 'reports', 'violations', 'written']) note(name);

  const names = ['ready', 'shown', 'accept', 'succeeded', 'failed', 'declined', 'redirect', 'hidden', 'error'];
  for (const name of names) {
    document.addEventListener(`aftercart-${name}`, ({ type, detail }) => note('recorded', { type, detail: detail ?? null }));
  }

  const offersIn = (value) => {
    if (value === null || typeof value !== 'object') return [];
    const within = Object.values(value).flatMap(offersIn);
    return value.offer_id && value.product && value.quote ? [value, ...within] : within;
  };
  const ask = window.fetch;
  window.fetch = async (...request) => {
    const answer = await ask.apply(window, request);
    if (answer.url.includes('/api/upsell/')) {
      const text = await answer.clone().text();
      const [, painted = text] = /<script type=application\/json>(.*?)<\/script>/s.exec(text) ?? [];
      try {
        note('offers', ...offersIn(JSON.parse(painted)));
      } catch { /* No offer. */ }
    }
    return answer;
  };

  const report = navigator.sendBeacon;
  navigator.sendBeacon = (address, ...body) => {
    note('reports', String(address));
    return report.call(navigator, address, ...body);
  };

  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) => {
    // Asked for by the browser, not by the page.
    if (blockedURI.endsWith('/favicon.ico')) return;
    note('violations', `${effectiveDirective} ${blockedURI} ${sourceFile ?? ''}`);
  });

  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    const write = console[level];
    console[level] = (...words) => {
      note('written', `${level} ${words.map(String).join(' ')}`);
      write.apply(console, words);
    };
  }
  addEventListener('error', ({ message }) => message && note('written', `error ${message}`));
  addEventListener('unhandledrejection', ({ reason }) => note('written', `error ${reason}`));

  const shifts = (window.layoutShifts = []);
  const outline = (node) => node?.outerHTML?.slice(0, 120) ?? String(node?.nodeName);
  if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        shifts.push({ value, nodes: sources.map((source) => outline(source.node)) });
      }
    }).observe({ type: 'layout-shift', buffered: true });
    return;
  }

  // Elsewhere the page looks itself, once a frame: what is in the window jumps when it begins three pixels or more from
  // where it began a frame ago. Offsets do not count what only moves the picture, such as an animation.
  const places = new WeakMap();
  const elements = (root) => [...root.querySelectorAll('*')].flatMap((element) =>
    element.shadowRoot ? [element, ...elements(element.shadowRoot)] : [element]);
  const place = (element) => {
    const { offsetParent, offsetTop, offsetLeft, offsetHeight } = element;
    if (!offsetParent || !offsetHeight) return;
    const { top, bottom } = element.getBoundingClientRect();
    return { offsetParent, offsetTop, offsetLeft, isSeen: bottom > 0 && top < innerHeight };
  };
  const look = () => {
    for (const element of elements(document)) {
      const [before, now] = [places.get(element), place(element)];
      places.set(element, now);
      if (!before || before.offsetParent !== now?.offsetParent || !(before.isSeen || now.isSeen)) continue;
      const far = Math.max(Math.abs(before.offsetTop - now.offsetTop), Math.abs(before.offsetLeft - now.offsetLeft));
      if (far >= 3) shifts.push({ value: far, nodes: [outline(element)] });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
