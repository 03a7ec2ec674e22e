/** What a citizen may know and decide about their own data: notice, copy, consents, erasure. */
export { whoLooked, type Look } from './access.ts';
export { withdrawConsent } from './consents.ts';
export { cancelErasure, erasureView, requestErasure, type ErasureView } from './erasure.ts';
export { exportData, type Exported } from './export.ts';
export { exportSchema, type ExportedData } from './export-shape.ts';
export { removeFiles } from './files.ts';
export { myData, type ConsentView, type MyData } from './my-data.ts';
export { privacyNotice, type PrivacyNotice } from './notice.ts';
export { retentionPreview, runRetention, type RetentionResult } from './retention.ts';
