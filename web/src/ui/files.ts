/** Characters that some file system refuses in a name. */
const FORBIDDEN = /[\\/:*?"<>|]/g

/** Gives text to the person as a file, in the way of the browser. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name.replaceAll(FORBIDDEN, '_')
  link.click()
  // The browser has taken the file over by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}
