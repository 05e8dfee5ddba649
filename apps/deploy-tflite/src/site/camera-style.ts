// What only this page has, behind the style of all pages.

export const CAMERA_STYLE = `
.camera { margin-top: 14px; }
.camera video { display: block; width: 100%; max-height: 320px; border-radius: 3px; background: var(--panel); }
.camera .controls { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.camera .failure { margin-top: 10px; font-size: 13.5px; }
`;
