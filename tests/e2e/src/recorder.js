// Runs before every page's own scripts. Remembers what the widget announced and which offers it was given, across
// reloads and moves within one origin, and adds up how far the layout jumped.
(() => {
  if (window !== window.top) return;
  const names = ['ready', 'shown', 'accept', 'succeeded', 'failed', 'declined', 'redirect', 'hidden', 'error'];
  const remember = (event) => {
    const recorded = JSON.parse(sessionStorage.getItem('recorded') ?? '[]');
    recorded.push({ type: event.type, detail: event.detail ?? null });
    sessionStorage.setItem('recorded', JSON.stringify(recorded));
  };
  for (const name of names) document.addEventListener(`aftercart-${name}`, remember);
  const offersIn = (value) => {
    if (value === null || typeof value !== 'object') return [];
    const within = Object.values(value).flatMap(offersIn);
    return value.offer_id && value.product && value.quote ? [value, ...within] : within;
  };
  const ask = window.fetch;
  window.fetch = async (...request) => {
    const answer = await ask.apply(window, request);
    if (answer.url.includes('/api/upsell/') && answer.headers.get('content-type')?.includes('json')) {
      const offers = JSON.parse(sessionStorage.getItem('offers') ?? '[]');
      offers.push(...offersIn(await answer.clone().json().catch(() => null)));
      sessionStorage.setItem('offers', JSON.stringify(offers));
    }
    return answer;
  };
  window.layoutShifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      window.layoutShifts.push({
        value: entry.value,
        nodes: entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120) ?? String(source.node?.nodeName)),
      });
    }
  }).observe({ type: 'layout-shift', buffered: true });
})();
