/* Takes one picture with the distribution's libfprint and writes it as a PGM file: a driver of the reader that nobody of
 * this project wrote. Exit status: 0 taken, 1 not. */
#include <libfprint-2/fprint.h>
#include <stdio.h>

static int fail(const char *doing, const GError *error)
{
	printf("%s: %s\n", doing, error ? error->message : "no reason given");
	return 1;
}

static int write_pgm(FpImage *image, const char *name)
{
	gsize size = 0;
	const guchar *pixels = fp_image_get_data(image, &size);
	FILE *out = fopen(name, "wb");

	if (!out)
		return fail("open the file for the picture", NULL);
	fprintf(out, "P5\n%u %u\n255\n", fp_image_get_width(image), fp_image_get_height(image));
	if (fwrite(pixels, 1, size, out) != size || fclose(out) != 0)
		return fail("write the picture", NULL);
	return 0;
}

static int capture(FpDevice *reader, const char *name)
{
	GError *error = NULL;
	FpImage *image = fp_device_capture_sync(reader, TRUE, NULL, &error);
	GPtrArray *minutiae;
	int status;

	if (!image)
		return fail("capture", error);
	minutiae = fp_image_get_minutiae(image);
	printf("driver %s, %u by %u, %u minutiae\n", fp_device_get_driver(reader), fp_image_get_width(image),
	       fp_image_get_height(image), minutiae ? minutiae->len : 0);
	status = write_pgm(image, name);
	g_object_unref(image);
	return status;
}

int main(int argc, char **argv)
{
	GError *error = NULL;
	FpContext *context;
	GPtrArray *readers;
	FpDevice *reader;
	int status;

	if (argc != 2) {
		printf("usage: fpcap FILE.pgm\n");
		return 1;
	}
	context = fp_context_new();
	readers = fp_context_get_devices(context);
	if (!readers || readers->len == 0)
		return fail("find a reader", NULL);
	reader = g_ptr_array_index(readers, 0);
	if (!fp_device_open_sync(reader, NULL, &error))
		return fail("open", error);
	status = capture(reader, argv[1]);
	if (!fp_device_close_sync(reader, NULL, &error))
		return fail("close", error);
	g_object_unref(context);
	return status;
}
