// The first script of a page with a policy: notes what breaks it.
addEventListener('securitypolicyviolation', (event) => {
  const noted = JSON.parse(sessionStorage.getItem('violations') ?? '[]');
  noted.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`);
  sessionStorage.setItem('violations', JSON.stringify(noted));
});
sessionStorage.setItem('watched', 'yes');
