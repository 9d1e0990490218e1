// Gives a file to the person, the way pages do.

/** Starts the download of a file with this content. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has begun when the task ends.
  setTimeout(() => URL.revokeObjectURL(address), 0)
}
