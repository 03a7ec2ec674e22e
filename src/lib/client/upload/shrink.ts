import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';

const QUALITY = 0.8;
/** Smaller ones go as they are. */
const SMALL_BYTES = 400_000;

/**
 * A phone's photo made small enough for a slow line, as JPEG. What cannot be read as a picture, or
 * would not get smaller, goes as it is: the server has the last word.
 */
export async function shrinkPhoto(file: File): Promise<Blob> {
	if (!file.type.startsWith('image/') || file.size <= SMALL_BYTES) return file;
	try {
		const picture = await createImageBitmap(file);
		const scale = Math.min(1, UPLOAD_LIMITS.side / Math.max(picture.width, picture.height));
		const canvas = document.createElement('canvas');
		canvas.width = Math.round(picture.width * scale);
		canvas.height = Math.round(picture.height * scale);
		const context = canvas.getContext('2d');
		if (!context) return file;
		context.fillStyle = 'white'; // JPEG knows no transparency
		context.fillRect(0, 0, canvas.width, canvas.height);
		context.drawImage(picture, 0, 0, canvas.width, canvas.height);
		picture.close();
		const blob = await new Promise<Blob | null>((done) =>
			canvas.toBlob(done, 'image/jpeg', QUALITY),
		);
		return blob && blob.size < file.size ? blob : file;
	} catch {
		return file;
	}
}
