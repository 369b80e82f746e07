// Runs before the page is drawn, so that a chosen theme does not flash.
try {
  const theme = localStorage.getItem('gargalo-theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // a page opened from a file may have no storage
}
