// Runs before the first paint, so that no page is ever shown in the wrong theme.
;(function () {
  var theme
  try {
    theme = JSON.parse(localStorage.getItem('checkpoint-sampler.theme'))
  } catch {
    theme = undefined
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }
  document.documentElement.dataset.theme = theme
})()
