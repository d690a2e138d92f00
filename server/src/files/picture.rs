//! A poster's file: recognised by its content, made small and clean. Pictures are drawn anew, so that nothing a camera
//! or an office program has written into them (place, names, hidden layers) stays; documents (PDF) are kept as they are.
//! Must not know where files are kept.

use std::io::Cursor;

use engawa_protocol::hash::{hex, sha256};
use engawa_protocol::limits::POSTER_FILE_BYTES_MAX;
use engawa_protocol::view::{PosterFile, PosterFileKind};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage};

use crate::limits::{PICTURE_DECODE_BYTES, PICTURE_FULL_PIXELS, PICTURE_SIDE_PIXELS, PICTURE_SMALL_PIXELS};

/// How good the full picture is kept, 1 to 100. Posters are full of small print.
const FULL_QUALITY: u8 = 88;
/// How good the small one is kept.
const SMALL_QUALITY: u8 = 78;
/// What a PDF begins with; some programs write something before it.
const PDF_SIGN: &[u8] = b"%PDF-";
/// In so many bytes the sign must come (the reference viewer looks as far).
const PDF_SIGN_WITHIN: usize = 1024;
/// What a PDF ends with.
const PDF_END: &[u8] = b"%%EOF";

/// Why a file is not taken. The codes are part of the interface (`PosterFileProblem` on the wire).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// There is nothing in it.
    #[error("empty")]
    Empty,
    /// More than [`POSTER_FILE_BYTES_MAX`].
    #[error("too large")]
    TooLarge,
    /// Neither PNG, JPEG, WebP nor PDF.
    #[error("unknown type")]
    UnknownType,
    /// More pixels than can be drawn here.
    #[error("too many pixels")]
    TooManyPixels,
    /// Of a known type, and it cannot be read to its end.
    #[error("broken")]
    Broken,
}

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What the meeting is told.
    pub file: PosterFile,
    /// The whole.
    pub full: Vec<u8>,
    /// A small picture of it; none of a PDF.
    pub small: Option<Vec<u8>>,
}

/// Recognises a file and makes of it what is kept. Takes memory up to [`PICTURE_DECODE_BYTES`] and up to some seconds:
/// not for a thread that serves others.
///
/// # Errors
/// A [`PictureError`].
pub fn keep(bytes: Vec<u8>) -> Result<Kept, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    if bytes.len() as u64 > POSTER_FILE_BYTES_MAX {
        return Err(PictureError::TooLarge);
    }
    match recognise(&bytes).ok_or(PictureError::UnknownType)? {
        Known::Pdf => keep_document(bytes),
        Known::Picture(format) => keep_picture(&bytes, format),
    }
}

enum Known {
    Pdf,
    Picture(ImageFormat),
}

/// By content; the name says nothing.
fn recognise(bytes: &[u8]) -> Option<Known> {
    let head = bytes.get(..PDF_SIGN_WITHIN).unwrap_or(bytes);
    if head.windows(PDF_SIGN.len()).any(|window| window == PDF_SIGN) {
        return Some(Known::Pdf);
    }
    match image::guess_format(bytes).ok()? {
        format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) => Some(Known::Picture(format)),
        _ => None,
    }
}

fn keep_document(full: Vec<u8>) -> Result<Kept, PictureError> {
    // A transfer that broke off leaves no end.
    let tail = full.len().saturating_sub(PDF_SIGN_WITHIN);
    if !full.get(tail..).is_some_and(|end| end.windows(PDF_END.len()).any(|window| window == PDF_END)) {
        return Err(PictureError::Broken);
    }
    let file = PosterFile { hash: hex(&sha256(&[&full])), kind: PosterFileKind::Pdf, width: 0, height: 0 };
    Ok(Kept { file, full, small: None })
}

fn keep_picture(bytes: &[u8], format: ImageFormat) -> Result<Kept, PictureError> {
    let drawn = DynamicImage::from(on_white(&draw(bytes, format)?));
    let full = fit(&drawn, PICTURE_FULL_PIXELS);
    let small = fit(&full, PICTURE_SMALL_PIXELS);
    let (full_bytes, small_bytes) = (encode(&full, FULL_QUALITY)?, encode(&small, SMALL_QUALITY)?);
    let file = PosterFile {
        hash: hex(&sha256(&[&full_bytes])),
        kind: PosterFileKind::Jpeg,
        width: full.width(),
        height: full.height(),
    };
    Ok(Kept { file, full: full_bytes, small: Some(small_bytes) })
}

/// Decodes within bounds and turns the picture the way its camera says.
fn draw(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE_PIXELS);
    limits.max_image_height = Some(PICTURE_SIDE_PIXELS);
    limits.max_alloc = Some(PICTURE_DECODE_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(why)?;
    if decoder.total_bytes() > PICTURE_DECODE_BYTES {
        return Err(PictureError::TooManyPixels);
    }
    decoder.set_limits(limits).map_err(why)?;
    let orientation = decoder.orientation().map_err(why)?;
    let mut drawn = DynamicImage::from_decoder(decoder).map_err(why)?;
    drawn.apply_orientation(orientation);
    if drawn.width() == 0 || drawn.height() == 0 {
        return Err(PictureError::Broken);
    }
    Ok(drawn)
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn why(error: image::ImageError) -> PictureError {
    match error {
        image::ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::Broken,
    }
}

/// What is transparent becomes paper.
fn on_white(drawn: &DynamicImage) -> RgbImage {
    if !drawn.color().has_alpha() {
        return drawn.to_rgb8();
    }
    let pixels = drawn.to_rgba8();
    let blend = |part: u8, alpha: u8| {
        let (part, alpha) = (u16::from(part), u16::from(alpha));
        // At most 255 by construction.
        u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [r, g, b, a] = pixels.get_pixel(x, y).0;
        image::Rgb([blend(r, a), blend(g, a), blend(b, a)])
    })
}

/// Scaled down until its longer side has at most so many pixels.
fn fit(picture: &DynamicImage, side: u32) -> DynamicImage {
    let longer = picture.width().max(picture.height());
    if longer <= side {
        return picture.clone();
    }
    let scaled = |length: u32| {
        let scaled = u64::from(length) * u64::from(side) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    picture.resize_exact(scaled(picture.width()), scaled(picture.height()), FilterType::CatmullRom)
}

fn encode(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    picture.write_with_encoder(encoder).map_err(why)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG that says how large it is, in so many channels of a byte each, and holds nothing.
    fn hollow_png(width: u32, height: u32, color_type: u8) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut header = b"IHDR".to_vec();
        header.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
        header.extend([8, color_type, 0, 0, 0]);
        for chunk in [header, b"IDAT".to_vec(), b"IEND".to_vec()] {
            bytes.extend(u32::try_from(chunk.len() - 4).unwrap().to_be_bytes());
            bytes.extend(&chunk);
            bytes.extend(crc32fast::hash(&chunk).to_be_bytes());
        }
        bytes
    }

    const GREY: u8 = 0;
    const RED_GREEN_BLUE_ALPHA: u8 = 6;

    #[test]
    fn a_picture_is_drawn_up_to_so_many_pixels_a_side_and_bytes_in_all() {
        let strip = |width: u32| {
            let mut bytes = Cursor::new(Vec::new());
            let picture = image::GrayImage::from_pixel(width, 1, image::Luma([128]));
            DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).unwrap();
            keep(bytes.into_inner())
        };
        assert!(strip(PICTURE_SIDE_PIXELS).is_ok());
        assert_eq!(strip(PICTURE_SIDE_PIXELS + 1).unwrap_err(), PictureError::TooManyPixels);
        // What it says of itself is believed before anything is unpacked.
        assert_eq!(keep(hollow_png(1, PICTURE_SIDE_PIXELS + 1, GREY)), Err(PictureError::TooManyPixels));
        let side = 8_192;
        assert_eq!(u64::from(side) * u64::from(side) * 4, PICTURE_DECODE_BYTES);
        let (at, above) =
            (hollow_png(side, side, RED_GREEN_BLUE_ALPHA), hollow_png(side, side + 1, RED_GREEN_BLUE_ALPHA));
        assert_eq!(keep(at), Err(PictureError::Broken), "there is nothing in it, but it would be drawn");
        assert_eq!(keep(above), Err(PictureError::TooManyPixels));
    }
}
