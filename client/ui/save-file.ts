/** Offers a file to the user as a download. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Revoked at once, the address could be gone before the browser has read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
