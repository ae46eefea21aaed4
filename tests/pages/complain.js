// In browsers whose driver cannot tell: reports what this page or worker prints as a warning or an error, and what it
// throws without catching it.
{
  // In a frame that was removed nothing can be sent, and complaining of that would never end.
  const send = (text) => fetch('/complaint', { method: 'POST', body: text, keepalive: true }).catch(() => {});
  for (const level of ['warn', 'error']) {
    const print = console[level];
    console[level] = (...values) => {
      send(`console ${level}: ${values.join(' ')}`);
      print(...values);
    };
  }
  // Asked when every listener has heard of it: one may have claimed it.
  const unclaimed = (event, text) => setTimeout(() => event.defaultPrevented || send(text));
  addEventListener('error', (event) => unclaimed(event, `uncaught: ${event.message}`));
  addEventListener('unhandledrejection', (event) => unclaimed(event, `unhandled: ${event.reason}`));
}
